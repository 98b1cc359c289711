"""Whether a workbook is sound: what would make Excel repair or refuse it, found without Excel."""

from workbook_cms.file.soundness.check import check, check_file, new_flaws
from workbook_cms.file.soundness.flaws import KINDS, Flaw
from workbook_cms.file.soundness.proof import brought_in

__all__ = ["KINDS", "Flaw", "brought_in", "check", "check_file", "new_flaws"]
