"""Waypost: a self-hosted WhatsApp Business messaging gateway.

A request comes in at `api`, is understood by `wire`; `accept` holds it against what Meta approved
and makes us answerable for it.
`queue` carries it to `dispatch`, which speaks `meta`.
Meta answers at `webhook`; `status` records what became of the message; `callback` tells the
customer. `wallet` keeps the money, `directory` what must exist beforehand, `report` what
happened. Everyone speaks `model`, keeps things in `store` and lives in `runtime`.
`assembly.py` builds it all, `serve.py` runs it; `cli` is the operator's.

    out    customer -> api (wire) -> accept ==> queue -> dispatch (meta) -> Meta
    back   Meta -> webhook (meta) ==> status ==> callback (wire) -> customer

Each `==>` is a commit, and the only thing that crosses it is a row.
"""
