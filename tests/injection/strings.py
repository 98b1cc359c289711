"""Texts that some program would run, follow, draw or be steered by; each holds the word EVIL."""

from __future__ import annotations

__all__ = ["EVIL"]

#: Formulas and DDE as OWASP lists them, full-width signs too, in every quotation; links; HTML; Markdown; terminals.
EVIL = (
    "=cmd|' /C calc'!EVIL", '=HYPERLINK("http://evil.invalid","EVIL")', '=WEBSERVICE("http://evil.invalid/EVIL")',
    "@SUM(1+1)*cmd|'EVIL'!A0", "+1+cmd|'EVIL'!A0", "-2+3+cmd|'EVIL'!A0", "\t=EVIL()", "\r=EVIL()", "\n=EVIL()",
    " =EVIL()", "＝EVIL()", "＋1+EVIL()", "－1+EVIL()", "＠EVIL()", "'=EVIL()", '"=EVIL()', '",=EVIL()', '";=EVIL()',
    "{=EVIL()}", '"&EVIL()&"', '")+EVIL()+("', "'!A1+EVIL()", "%3DEVIL()", "\\\\evil.invalid\\EVIL.xlsx",
    "file://evil.invalid/EVIL", "http://evil.invalid/EVIL", "ftp://evil.invalid/EVIL", "internal:EVIL!A1",
    "external:\\\\evil.invalid\\EVIL", "mailto:EVIL@evil.invalid", "javascript:EVIL()", "data:text/html,EVIL",
    "<script>EVIL()</script>", "<img src=x onerror=EVIL()>", '"><b onclick="EVIL()">', "' onmouseover='EVIL()",
    "</title><script>EVIL()</script>", "]]>EVIL", "<!-- EVIL", "-->EVIL", "&lt;script>EVIL", "[EVIL](javascript:EVIL())",
    "![EVIL](http://evil.invalid)", "`EVIL`|EVIL", "[@click=EVIL()]EVIL[/]", "::error::EVIL", "\n::set-output name=EVIL::",
    "\x1b[31mEVIL", "\x1b]8;;http://evil.invalid\x07EVIL", "\x9b31mEVIL", "a\u202eEVIL\u2066", "EVIL\u2028=EVIL()",
    "!!python/object:EVIL", "&anchor EVIL", "*EVIL", "EVIL: {a: b}", "%EVIL%", "${EVIL}", "$(EVIL)", "EVIL\x00",
)  # fmt: skip
