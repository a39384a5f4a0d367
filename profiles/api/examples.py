"""Examples of the API's document about the catalogue and companies; tests hold them against its schemas."""

from drf_spectacular.utils import OpenApiExample

_ACME = {"external_id": "acme", "traits": {"industry": "Software", "size": 250.0}, "people": 12}

CATALOGUE = [
    OpenApiExample(
        "catalogue",
        {
            "profile_traits": [
                {"label": "Plan", "key": "plan", "type": "text", "column": "plan", "description": "", "source": "crm"}
            ],
            "company_traits": [
                {"label": "", "key": "size", "type": "number", "column": "size", "description": "", "source": None}
            ],
            "events": [
                {
                    "label": "",
                    "name": "Order placed",
                    "table": "order_placed",
                    "description": "",
                    "source": "shop",
                    "properties": [{"label": "", "key": "amount", "type": "number", "column": "amount"}],
                }
            ],
            "sources": [{"key": "crm", "name": "CRM"}, {"key": "shop", "name": "Shop"}],
        },
        response_only=True,
    )
]
COMPANIES = [
    OpenApiExample("companies", {"next": None, "previous": None, "results": [_ACME]}, response_only=True),
]
COMPANY = [OpenApiExample("company", _ACME, response_only=True)]
