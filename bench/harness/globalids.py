"""Global ids, as the API gives them out."""

import base64
from uuid import UUID


def global_id(type_name: str, *keys: UUID) -> str:
    whole = type_name.encode() + b":" + b"".join(key.bytes for key in keys)
    return base64.urlsafe_b64encode(whole).decode().rstrip("=")
