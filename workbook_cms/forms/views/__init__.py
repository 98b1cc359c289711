"""What the pages beside the forms show, as rows of text: found records, one record, what is due, findings.

They know no spreadsheet: the same rows stand on a sheet, in a terminal and in JSON.
"""

from workbook_cms.forms.views.due import due_page
from workbook_cms.forms.views.findings import findings_page
from workbook_cms.forms.views.found import find_page
from workbook_cms.forms.views.page import Link, Page, PageRow
from workbook_cms.forms.views.record import record_view

__all__ = ["Link", "Page", "PageRow", "due_page", "find_page", "findings_page", "record_view"]
