"""More people, courses and messages than the cast has."""

from collections.abc import Sequence
from itertools import count
from uuid import UUID

from messaging.actions import sending
from models import Account, Course, Enrolment, InstructorAssignment, Mailbox, Membership, User
from models.user import search_form
from tests.support.cast import ACCOUNT, user_id, viewer_of
from tests.support.service import Service
from tests.support.threads import department_id

_numbers = count(1)


async def add_people(*names: str, department: str = "physics") -> list[str]:
    """Learners of these names; their source ids."""
    account = await Account.get(slug=ACCOUNT)
    belongs_to = await department_id(department)
    people = [
        User(account=account, source_id=f"more-{number}", name=name, search_name=search_form(name))
        for name, number in zip(names, _numbers, strict=False)
    ]
    await User.bulk_create(people)
    await Mailbox.bulk_create([Mailbox(user_id=person.id) for person in people])
    await Membership.bulk_create(
        [Membership(user_id=person.id, department_id=belongs_to) for person in people]
    )
    return [person.source_id for person in people]


async def add_course(
    title: str, instructors: Sequence[str] = (), learners: Sequence[str] = ()
) -> UUID:
    """A course, who teaches it and who studies it; its id."""
    account = await Account.get(slug=ACCOUNT)
    course = await Course.create(
        account=account,
        source_id=f"more-{next(_numbers)}",
        title=title,
        department_id=await department_id("physics"),
    )
    for name in instructors:
        await InstructorAssignment.create(
            course=course, user_id=await user_id(name), by_roster=True, is_active=True
        )
    await Enrolment.bulk_create(
        [Enrolment(course=course, user_id=await user_id(name)) for name in learners]
    )
    return course.id


async def write(service: Service, sender: str, recipient: str, *bodies: str) -> UUID:
    """Have somebody write by S1 or S2, through the real action; the conversation's id."""
    office, viewer = service.parts.office, await viewer_of(sender)
    to = await user_id(recipient)
    for body in bodies or ("Hello",):
        sent = await office.run(sending.start_chat, viewer, to, body, None)
    return sent.conversation.id
