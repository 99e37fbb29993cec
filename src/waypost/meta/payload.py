"""A message as Meta's `POST /<phone_number_id>/messages` takes it (`reference` 1.2).

The customer's object goes through as it is; the recipient and our message id are put in.
Meta gives `biz_opaque_callback_data` back in every status: it is how a message is found again
even when the answer to its send was lost.
"""

import msgspec

from waypost.model.message import Dispatchable
from waypost.model.submission import READ_RECEIPT

_encode = msgspec.json.Encoder().encode


def render_message(message: Dispatchable) -> bytes:
    """The body of the send: Content.json with `to` (or `recipient`) and our id added.

    A read receipt has neither: it is no message, and goes out as it is.
    """
    if message.content.kind == READ_RECEIPT:
        return message.content.json
    recipient = message.recipient
    if recipient.phone is not None:
        whom = b',"to":"+' + recipient.phone.encode() + b'"'
    else:
        whom = b',"recipient":' + _encode(recipient.user_id)
    ours = b',"biz_opaque_callback_data":"' + message.message_id.encode() + b'"}'
    return message.content.json[:-1] + whom + ours
