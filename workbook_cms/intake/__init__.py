"""What comes from elsewhere - delimited text and worksheets of other systems - on its way to being entries."""
