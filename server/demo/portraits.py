"""Portraits of the sample's people: flat, friendly, drawn by hand in a few shapes."""

from dataclasses import dataclass

PALE, LIGHT, OLIVE, TAN, BROWN, DARK = (
    "#fbe0cc",
    "#f3c9a5",
    "#dfae83",
    "#c68d5f",
    "#96603c",
    "#6b412a",
)
BLACK, COCOA, CHESTNUT, COPPER, STRAW, SILVER = (
    "#231f20",
    "#4a2f22",
    "#70452a",
    "#b5562c",
    "#e3bb6a",
    "#c9ccd3",
)

# Behind the head, then upon it. Heads are 48 wide and 60 high around (80, 72).
HAIR = {
    "short": (
        "",
        "M55 74C50 44 64 32 82 33C102 34 111 50 105 74C103 62 98 56 90 53C78 58 66 57 60 60C57 64 56 69 55 74Z",
    ),
    "long": (
        "M48 74C46 42 60 29 80 29C100 29 114 42 112 74C112 100 116 112 112 124H48C44 112 48 100 48 74Z",
        "M54 74C52 48 64 36 80 36C96 36 108 48 106 74C100 67 91 59 84 46C78 58 64 62 54 74Z",
    ),
    "bob": (
        "M50 76C46 44 62 30 80 30C98 30 114 44 110 76C112 92 108 102 104 104H56C52 102 48 92 50 76Z",
        "M54 67C53 46 64 36 80 36C96 36 107 46 106 67C92 61 68 61 54 67Z",
    ),
    "bun": (
        "M66 30A14 14 0 1 1 94 30A14 14 0 1 1 66 30Z",
        "M55 72C52 46 64 36 80 36C96 36 108 46 105 72C102 58 94 50 80 50C66 50 58 58 55 72Z",
    ),
    "curls": (
        "M46 78A13 13 0 0 1 44 58A14 14 0 0 1 53 39A16 16 0 0 1 74 28A17 17 0 0 1 98 32A15 15 0 0 1 111 48A14 14 0 0 1 115 70A12 12 0 0 1 108 84H54Z",
        "M56 66A9 9 0 0 1 66 53A10 10 0 0 1 82 50A10 10 0 0 1 97 54A9 9 0 0 1 104 66C104 50 96 40 80 40C64 40 56 50 56 66Z",
    ),
    "cropped": (
        "",
        "M55 70C53 47 64 36 80 36C96 36 107 47 105 70C103 59 99 53 94 50C85 47 75 47 66 50C61 53 57 59 55 70Z",
    ),
    "swept": (
        "",
        "M55 70C49 48 60 34 78 33C96 29 112 42 106 70C104 61 101 55 97 51C84 52 70 49 62 44C62 54 57 60 55 70Z",
    ),
    "scarf": (
        "M46 76C44 44 60 28 80 28C100 28 116 44 114 76C114 104 110 120 104 128H56C50 120 46 104 46 76Z",
        "M56 78C54 54 64 42 80 42C96 42 106 54 104 78C108 60 106 34 80 34C54 34 52 60 56 78ZM57 86C60 102 70 110 80 110C90 110 100 102 103 86L108 122H52Z",
    ),
}


@dataclass(frozen=True, slots=True)
class Looks:
    """How somebody looks: colours, the hair's form, and what else is in the face."""

    background: str
    clothes: str
    skin: str
    hair: str
    form: str
    has_glasses: bool = False
    has_beard: bool = False


# The others have no photo: pages show their initials.
LOOKS = {
    "ada": Looks("#ffe0a3", "#7a3e65", PALE, SILVER, "bun", has_glasses=True),
    "grace": Looks("#bfe3d0", "#d9573f", DARK, BLACK, "curls"),
    "ines": Looks("#f8cfc4", "#2f6f73", OLIVE, COCOA, "long"),
    "mei": Looks("#cfd8f6", "#f2b441", LIGHT, BLACK, "bob"),
    "isaac": Looks("#d8e6b8", "#39557e", TAN, COCOA, "short", has_beard=True),
    "rosalind": Looks("#f2d7ee", "#4d7c54", OLIVE, CHESTNUT, "bob", has_glasses=True),
    "nadia": Looks("#ffd9b8", "#33415c", LIGHT, COPPER, "long"),
    "amina": Looks("#c7e2f2", "#e07a5f", BROWN, "#3f6c8f", "scarf"),
    "bjorn": Looks("#dde0e6", "#b4483f", PALE, STRAW, "swept", has_beard=True),
    "chidi": Looks("#f9e2a0", "#356859", DARK, BLACK, "cropped", has_glasses=True),
    "farid": Looks("#e3d5f2", "#5b6c9e", TAN, BLACK, "swept"),
}


def portrait(source_id: str) -> str | None:
    """The portrait as SVG, or None where there is no photo of that person."""
    looks = LOOKS.get(source_id)
    return None if looks is None else _drawn(looks)


def _drawn(looks: Looks) -> str:
    behind, upon = HAIR[looks.form]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="16 14 128 128">'
        f'<path fill="{looks.background}" d="M0 0H160V160H0Z"/>'
        f'<path fill="{looks.hair}" d="{behind}"/>'
        f"{_body(looks)}{_face(looks)}"
        f'<path fill="{looks.hair}" d="{upon}"/>'
        f"{_GLASSES if looks.has_glasses else ''}"
        "</svg>"
    )


def _body(looks: Looks) -> str:
    return (
        f'<path fill="{looks.clothes}" d="M22 160C22 132 44 120 66 117H94C116 120 138 132 138 160'
        'Z"/>'
        f'<path fill="{looks.skin}" d="M68 92H92V116C92 124 68 124 68 116Z"/>'
        '<path fill="#000" opacity=".12" d="M68 98C74 106 86 106 92 98V106C86 113 74 113 68 106Z"/>'
    )


def _face(looks: Looks) -> str:
    beard = (
        f'<path fill="{looks.hair}" d="M56 76C58 84 66 84 71 82C76 79 84 79 89 82C94 84 102 84 104 '
        '76C105 96 94 107 80 107C66 107 55 96 56 76ZM72 89C76 94 84 94 88 89C84 86 76 86 72 89Z"/>'
        if looks.has_beard
        else ""
    )
    return (
        f'<g fill="{looks.skin}">{_EARS if looks.form != "scarf" else ""}'
        '<path d="M56 66C56 48 67 40 80 40C93 40 104 48 104 66V76C104 94 93 104 80 104C67 104 56 '
        '94 56 76Z"/></g>'
        f"{beard}"
        '<g fill="#2b2326"><circle cx="70" cy="72" r="2.8"/><circle cx="90" cy="72" r="2.8"/></g>'
        '<g fill="none" stroke-linecap="round" stroke-width="2.4">'
        '<path stroke="#2b2326" opacity=".65" d="M65 64Q70 61 75 64M85 64Q90 61 95 64"/>'
        '<path stroke="#000" opacity=".22" d="M80 74Q83 81 79 82"/>'
        '<path stroke="#9c3b3b" d="M73 89Q80 95 87 89"/></g>'
    )


_EARS = '<circle cx="55" cy="75" r="6"/><circle cx="105" cy="75" r="6"/>'
_GLASSES = (
    '<g fill="#fff" fill-opacity=".18" stroke="#2b2326" stroke-width="2">'
    '<circle cx="70" cy="73" r="8.5"/><circle cx="90" cy="73" r="8.5"/>'
    '<path fill="none" d="M78.5 72Q80 70 81.5 72M61.5 71L56 69M98.5 71L104 69"/></g>'
)
