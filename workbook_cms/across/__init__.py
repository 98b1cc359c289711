"""One person in several workbooks: the match rules of a folder of workbooks, on one machine or on many."""
