"""Whether two ways of writing a name can be one person's: initials, short forms, order and slips let pass."""

from __future__ import annotations

from rapidfuzz.distance import OSA

__all__ = ["HONORIFICS", "alike", "short_forms", "words_alike"]

#: Words before or after a name that say nothing of whose it is; folded.
HONORIFICS = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "rev", "hon", "jr", "sr"}
)

# Short forms in common use in English; each line is one name.
_FORMS = """
alexander alex sandy xander | alexandra alex sandra sandy lexi | andrew andy drew | anthony tony | barbara barb babs
benjamin ben benny | catherine katherine kathryn kate cathy kathy katie kitty | charles charlie chuck chas
christine christina chris tina | christopher chris kit topher | daniel dan danny | david dave davy | deborah deb debbie
donald don donny | dorothy dot dottie | edward ed eddie ted ned | elizabeth liz beth betty eliza lizzie betsy libby
eleanor ellie nell nora | frances fran franny | francis frank fran | frederick fred freddie | gerald gerry jerry
gregory greg | harold harry hal | helen nell nellie | henry harry hank | isabella isabel bella izzy | jacob jake
james jim jimmy jamie | jennifer jen jenny | john jack johnny jon | jonathan jon jonny | joseph joe joey | joshua josh
judith judy jude | kenneth ken kenny | lawrence laurence larry laurie | leonard len lenny leo | leslie les
margaret maggie meg peggy marg margie | martin marty | matthew matt | michael mike mick mickey | nathaniel nathan nate
nicholas nick nicky | nicola nicky nikki | pamela pam | patricia pat patty tricia trish | patrick pat paddy | peter pete
philip phillip phil | rebecca becky bec becca | raymond ray | richard rick dick ricky rich | robert bob rob bobby robbie bert
ronald ron ronnie | samantha sam | samuel sam sammy | stephen steven steve | susan sue susie suzy | terence terry
theodore ted theo | theresa teresa terry tess | thomas tom tommy | timothy tim | victoria vicky tori | vincent vince
vivian viv | walter walt wally | william bill will billy willy liam
"""


def _forms() -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(_FORMS.replace("\n", "|").split("|")):
        for word in line.split():
            groups.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


_GROUPS = _forms()
_NONE: frozenset[int] = frozenset()


def short_forms(one: str, other: str) -> bool:
    """Whether two given names, folded, are forms of one: ``bob`` and ``robert``."""
    return bool(_GROUPS.get(one, _NONE) & _GROUPS.get(other, _NONE))


def words_alike(one: str, other: str) -> bool:
    """Whether two words of names, folded, can be one: equal, a slip apart, an initial, or a short form."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) == 1 or (len(short) >= 3 and long.startswith(short)):
        return long.startswith(short)
    slips = 2 if len(short) >= 8 else 1 if len(short) >= 4 else 0
    return bool(slips and OSA.distance(one, other, score_cutoff=slips) <= slips) or short_forms(one, other)


def alike(one: str, other: str) -> bool:
    """Whether two names, folded, can be one person's; so lenient that a "no" is worth a person's while.

    Every word of the shorter name has to find its own word in the longer one, at least one of them by more than an
    initial; or the two run together are at most a slip in five letters apart (``van der Berg``, ``Vanderberg``).
    """
    a = [w for w in one.split() if w not in HONORIFICS]
    b = [w for w in other.split() if w not in HONORIFICS]
    if not a or not b:
        return True
    if len(a) > len(b):
        a, b = b, a
    left, full = list(b), False
    for word in a:
        # An equal word first, so that an initial does not take the place of the word it would stand beside.
        match = word if word in left else next((w for w in left if words_alike(word, w)), None)
        if match is None:
            together = "".join(sorted(a)), "".join(sorted(b))
            return OSA.normalized_similarity(*together) >= 0.85 or "".join(a) == "".join(b)
        left.remove(match)
        full = full or (len(word) > 1 and len(match) > 1)
    return full or all(len(w) == 1 for w in a)
