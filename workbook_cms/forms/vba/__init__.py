"""Macros of a workbook: their sources from ``macros/`` and the installed xlwings, built to a project without Excel."""

from __future__ import annotations

from workbook_cms.forms.vba.macros import Flavour, conf_page, installed_xlwings, macro_project, xlwings_inside

__all__ = ["Flavour", "conf_page", "installed_xlwings", "macro_project", "xlwings_inside"]
