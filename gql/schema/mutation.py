"""What can be done, and who passes."""

from gql.fields import mutation, object_type
from gql.gates import ADMINISTRATORS, ALL_ADMINISTRATORS, ANYBODY
from gql.resolvers import administering, writing
from gql.schema import inputs, payloads
from messaging.rates.rates import Deed
from models import Role


@object_type
class Mutation:
    """What can be done."""

    start_chat: payloads.SendMessagePayload | None = mutation(
        writing.start_chat,
        takes=inputs.StartChatInput,
        roles=ALL_ADMINISTRATORS,
        spends=(Deed.SEND, Deed.NEW_CHAT),
    )
    contact_instructor: payloads.SendMessagePayload | None = mutation(
        writing.contact_instructor,
        takes=inputs.ContactInstructorInput,
        roles=(Role.LEARNER,),
        spends=(Deed.SEND, Deed.NEW_CHAT),
    )
    send_message: payloads.SendMessagePayload | None = mutation(
        writing.send_message, takes=inputs.SendMessageInput, roles=ANYBODY, spends=(Deed.SEND,)
    )
    delete_message: payloads.DeleteMessagePayload | None = mutation(
        writing.delete_message, takes=inputs.DeleteMessageInput, roles=ANYBODY
    )
    delete_chat: payloads.DeleteChatPayload | None = mutation(
        writing.delete_chat, takes=inputs.DeleteChatInput, roles=ANYBODY
    )
    mark_read: payloads.MarkReadPayload | None = mutation(
        writing.mark_read, takes=inputs.MarkReadInput, roles=ANYBODY
    )
    set_messaging_mode: payloads.SetMessagingModePayload | None = mutation(
        administering.set_messaging_mode,
        takes=inputs.SetMessagingModeInput,
        roles=ADMINISTRATORS,
    )
    assign_instructor: payloads.AssignInstructorPayload | None = mutation(
        administering.assign_instructor,
        takes=inputs.AssignInstructorInput,
        roles=ADMINISTRATORS,
    )
    unassign_instructor: payloads.UnassignInstructorPayload | None = mutation(
        administering.unassign_instructor,
        takes=inputs.UnassignInstructorInput,
        roles=ADMINISTRATORS,
    )
    deactivate_user: payloads.DeactivateUserPayload | None = mutation(
        administering.deactivate_user, takes=inputs.DeactivateUserInput, roles=ADMINISTRATORS
    )
    activate_user: payloads.ActivateUserPayload | None = mutation(
        administering.activate_user, takes=inputs.ActivateUserInput, roles=ADMINISTRATORS
    )
    remove_user: payloads.RemoveUserPayload | None = mutation(
        administering.remove_user, takes=inputs.RemoveUserInput, roles=ADMINISTRATORS
    )
