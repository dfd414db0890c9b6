"""Setting up the demo: a database, the sample organisation, a few chats, and tokens."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from messaging.actions.sending import Sent, contact_instructor, send_message, start_chat
from messaging.roster import ImportOptions, import_roster
from messaging.viewers import Viewer, find_viewer
from messaging.work import UnitOfWork
from models import Account, Course, User, database
from server.commands.console import open_office
from server.settings import Settings, load_settings
from server.tokens import issue_token

ACCOUNT = "demo"
SAMPLE = Path(__file__).parent / "sample"
TOKEN_LIFETIME = timedelta(hours=12)
