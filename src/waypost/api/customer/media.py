"""Media and samples, as documented (`reference` kaleyra-v2 5)."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import get, post
from litestar.connection import Request
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Response

from waypost.api.bounded import MOST_BYTES
from waypost.api.customer.door import RefusedError, processed, refuse
from waypost.api.customer.hands import CustomerHands
from waypost.api.customer.intake import LARGEST
from waypost.directory.media import Upload
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.medium import Medium, ResumableMedium
from waypost.model.refusal import Fault, Refusal
from waypost.model.sender import Sender

MEDIA = "/{sid:str}/whatsapp/{phone_number:str}/media"
SAMPLES = "/{sid:str}/whatsapp/{waba_id:str}/resumable_media"

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Offset = Annotated[int, QueryParameter(ge=0, le=1_000_000)]


@post(MEDIA, status_code=200, opt={MOST_BYTES: LARGEST})
async def upload_media(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    sender: NamedDependency[Sender],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Upload a medium, to be sent by its id.

    A form with `file`, and its MIME type as `type`. The id stays good for as long as the medium
    is named now and then; the same content again has the same id.
    """
    async with hands.intake.hold(account.account_id, request.headers.get("content-length")):
        upload = await read_upload(request)
        medium: Medium | tuple[Fault, ...] = await hands.media.upload(
            account, sender, upload, actor
        )
    if isinstance(medium, tuple):
        raise refuse(*medium)
    return processed({"id": medium.media_id})


@post(SAMPLES, status_code=200, opt={MOST_BYTES: LARGEST})
async def upload_resumable_media(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    waba_id: FromPath[str],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Upload a sample for a template's header.

    A form with `file`. `uploaded_file_handle` is what a template's `header_handle` takes, for 24
    hours.
    """
    async with hands.intake.hold(account.account_id, request.headers.get("content-length")):
        upload = await read_upload(request)
        sample: ResumableMedium | Refusal = await hands.samples.upload(
            account, waba_id, upload, actor
        )
    if isinstance(sample, Refusal):
        raise RefusedError(sample)
    return processed(show_sample(sample))


@get(SAMPLES)
async def list_resumable_media(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    waba_id: FromPath[str],
    id_: Annotated[str | None, QueryParameter(name="id")] = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Response[bytes]:
    """List a WABA's samples of the last three days, the newest first, or the one of an `id`."""
    found = await hands.samples.list(account, waba_id, id_, limit, offset)
    return processed([show_sample(one) for one in found])


HANDLERS: Sequence[Any] = (upload_media, upload_resumable_media, list_resumable_media)


def show_sample(sample: ResumableMedium) -> dict[str, Any]:
    """A sample in the documented words (`reference` kaleyra-v2 3.5)."""
    return {
        "resumable_media_id": sample.resumable_media_id,
        "status": sample.state.value,
        "uploaded_file_handle": sample.handle,
        "file_name": sample.file_name,
        "file_type": sample.mime_type,
        "file_size": sample.size_bytes,
        "waba_id": sample.waba_id,
        "reason": sample.failure,
        "created_at": sample.created_at,
        "expires_at": sample.expires_at,
    }


async def read_upload(request: Request[Any, Any, Any]) -> Upload:
    """The file of a form, and the type that the form says it is. Raises RefusedError.

    While it comes in, the file lies in a temporary file; in memory it is once, behind that.
    """
    kind, options = request.content_type
    if kind != "multipart/form-data" or not options.get("boundary"):
        message = "Content-Type must be multipart/form-data, with its boundary."
        raise refuse(Fault("", "content_type", message))
    try:
        form = await request.form()
    except (LookupError, UnicodeError):  # which the framework lets through
        message = "A text of the form cannot be read; write it in UTF-8."
        raise refuse(Fault("", "invalid_form", message)) from None
    file = form.get("file")
    if not isinstance(file, UploadFile):
        message = "The form must have one part named file, with a filename and the bytes."
        raise refuse(Fault("/file", "required", message))
    told = form.get("type")
    declared = told.strip() if isinstance(told, str) and told.strip() else None
    return Upload(await file.read(), declared or file.content_type or None, file.filename)
