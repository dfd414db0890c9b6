"""Whom a visitor of the demo may be, by their ids in the sample roster."""

ACCOUNT = "demo"

# For the page's chooser, in its order.
DESCRIPTIONS = {
    "ada": "Account owner",
    "grace": "Account administrator",
    "ines": "Administrator of the faculty of sciences",
    "mei": "Administrator of the department of physics",
    "isaac": "Instructor of Mechanics",
    "rosalind": "Instructor of Mechanics and Genetics",
    "nadia": "Instructor of Harmony",
    "amina": "Learner in Mechanics",
    "daria": "Learner in Mechanics and Genetics",
    "farid": "Learner in Genetics and Harmony",
    "maria-1": "Learner in Harmony",
}

# One of each kind, for whoever uses the API by hand.
KINDS = ("ada", "grace", "ines", "mei", "isaac", "amina")
