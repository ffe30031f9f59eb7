"""What schemathesis cannot read in Caspio's document: names and values of the account, and exceptions.

In the mode `positive` requests have names and values that the account accepts, and each must succeed. In the mode
`negative` they have any values, and those of the other mode among them; what the document forbids must be refused.
"""

import os
import re

import requests
import schemathesis

POSITIVE = os.environ["MODE"] == "positive"
EMULATOR = os.environ["EMULATOR"]
session = requests.Session()


def send(method, path, **arguments):
    response = session.request(method, EMULATOR + path, timeout=10, **arguments)
    assert response.ok, f"{method} {path}: {response.status_code} {response.text}"
    return response.json() if response.content else None


token = send("POST", "/oauth/token", auth=("demo", "demo-secret"), data={"grant_type": "client_credentials"})
AUTHORIZATION = {"Authorization": f"Bearer {token['access_token']}"}


def call(method, path, **arguments):
    return send(method, f"/integrations/rest/v3/{path}", headers=AUTHORIZATION, **arguments)


def first(path):
    return call("GET", path)["Result"][0]


# The account: each request finds these objects beside those of the sample, because it is reset before.

for title in ["One", "Two", "Three"]:
    call("POST", "tables/Papers/records", json={"Title": title})
call("PUT", "tables/Papers/attachments/File/1", files={"File": ("one.txt", b"one")})
webhook = call(
    "POST",
    "outgoingWebhooks",
    json={"Name": "A webhook", "OutgoingUrls": ["https://localhost/first"]},
)["Id"]
event = call(
    "POST",
    f"outgoingWebhooks/{webhook}/events",
    json={"EventType": "table.recordInsert", "ObjectName": "City", "EventSources": ["RESTAPIs"]},
)["Id"]
send("PUT", "/_emulator/snapshot")

folder = first("files/folders")["ExternalKey"]
application = first("bridgeApplications")["ExternalKey"]
directory = first("directories")["Id"]

# Names in paths: by the beginning of the path and the parameter.
NAMES = {
    ("/v3/tables", "tableName"): "Papers",
    ("/v3/tables", "fieldName"): "Text",
    ("/v3/tables", "passwordFieldName"): "Secret",
    ("/v3/views", "viewName"): "Paper_List",
    ("/v3/views", "fieldName"): "Title",
    ("/v3/", "attachmentFieldName"): "File",
    ("/v3/", "recordPkId"): "1",
    ("/v3/files", "externalKey"): first("files")["ExternalKey"],
    ("/v3/files/folders", "externalKey"): folder,
    ("/v3/outgoingWebhooks", "webhookId"): webhook,
    ("/v3/outgoingWebhooks", "eventId"): event,
    ("/v3/dataImportExportTasks", "externalKey"): first("dataImportExportTasks")["ExternalKey"],
    ("/v3/bridgeApplications", "externalKey"): application,
    ("/v3/bridgeApplications", "appKey"): first(f"bridgeApplications/{application}/datapages")["AppKey"],
    ("/v3/directories", "directoryId"): directory,
}

# Values that are accepted, where the document describes them in words or not at all.

CONDITION = {"enum": ["PK_ID = 1", "PK_ID IN (2, 3) OR PK_ID IS NULL", "NOT (PK_ID <> 2)"]}
PAGE_SIZE = {"minimum": 5, "maximum": 1000}
QUERY = {
    "q.where": CONDITION,
    "Where": CONDITION,
    "q.select": {"enum": ["PK_ID", "PK_ID, PK_ID AS Again"]},
    "q.groupBy": {"enum": ["PK_ID"]},
    "q.orderBy": {"enum": ["PK_ID", "PK_ID DESC"]},
    "q.limit": {"minimum": 1},
    "q.pageNumber": {"minimum": 1},
    "pageNumber": {"minimum": 1},
    "q.pageSize": PAGE_SIZE,
    "pageSize": PAGE_SIZE,
    "response": {"enum": ["rows"]},
    "externalKey": {"enum": [folder]},
    "sortField": {"enum": ["Name", "DateCreated"]},
    "filePath": {"enum": ["/readme.txt"]},
    "method": {"enum": ["U", "I", "E", "N"]},
}

WORD = {"type": "string", "pattern": "^[A-Z][a-z]{3,9}$", "nullable": False}
VALUES = {
    "Title": {"type": "string", "maxLength": 255},
    "Text": {"type": "string"},
    "Score": {"type": "number"},
    "Pages": {"type": "integer", "format": "int32"},
    "Price": {"type": "number", "minimum": -1e9, "maximum": 1e9},
    "Published": {"enum": ["2022-01-24T20:30:51", "2022-01-24T20:30:51.607", "08/12/2025", None]},
    "Open": {"type": "boolean"},
    "Subjects": {"type": "array", "items": {"enum": [1, 2]}},
    "Secret": WORD,
    "First_Name": WORD,
    "Email": {"type": "string", "pattern": "^[a-z]{9,12}@example\\.com$"},
}


def record(*fields):
    properties = {field: VALUES[field] for field in fields}
    return {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}


def upload(part, schema):
    return {"type": "object", "properties": {part: schema}, "required": [part], "additionalProperties": False}


PAPER = ["Title", "Text", "Score", "Pages", "Price", "Published", "Open", "Subjects"]
LISTED = ["Title", "Pages", "Subjects"]
FILE = {"type": "string", "format": "binary"}
BODIES = {
    # A password is set with a new record, and changed by an operation of its own.
    "CreateTableRecord": record(*PAPER, "Secret"),
    "UpdateTableRecords": record(*PAPER),
    "CreateViewRecord": record(*LISTED),
    "UpdateViewRecords": record(*LISTED),
    "CreateUser": {**record("Email", "First_Name"), "required": ["Email"]},
    "UpdateUsers": record("First_Name"),
    "UploadFiles": upload("Files", {"type": "array", "items": FILE, "minItems": 1, "maxItems": 1}),
    "UpdateFile": upload("File", FILE),
    "UploadFileToAttachmentTableField": upload("File", FILE),
    "UploadFileToAttachmentViewField": upload("File", FILE),
}

TYPES = ["STRING", "TEXT", "NUMBER", "INTEGER", "CURRENCY", "DATE/TIME", "YES/NO", "TIMESTAMP", "ATTACHMENT"]
FIELD = {
    "Name": WORD,
    "Type": {"enum": TYPES, "nullable": False},
    # The records have the same value in a new field.
    "Unique": {"enum": [False, None]},
    "Label": {"maxLength": 255},
    "Description": {"maxLength": 4000},
}
URLS = [["https://localhost/a"], ["https://localhost/b", "https://[::1]/c"]]
WEBHOOK = {
    "Name": WORD,
    "OutgoingUrls": {"enum": URLS, "nullable": False},
    "CallThrottling": {"minimum": 1, "maximum": 10},
}
# The members of the document's schemas. The document requires nearly none, and all texts may be null.
MEMBERS = {
    "FieldModel": FIELD,
    "UpdateFieldModel": {**FIELD, "Type": {"enum": ["STRING", "TEXT"], "nullable": False}},
    "CreateTableRequest": {"Name": WORD, "Fields": {"minItems": 1, "maxItems": 1, "nullable": False}},
    "CheckPasswordFieldContext": {"Value": {"nullable": False}},
    "WebhookPostRequest": WEBHOOK,
    "WebhookPutRequest": {**WEBHOOK, "Enabled": {"nullable": False}},
    "WebhookEventRequest": {
        "EventType": {"enum": ["table.recordInsert", "table.recordUpdate", "table.recordDelete"]},
        "ObjectName": {"enum": ["Papers"], "nullable": False},
        # Only updates can have fields.
        "ObjectFields": {"enum": [[], None]},
        "EventSources": {"items": {"enum": ["RESTAPIs", "DataPages"]}},
        "CustomPayloadFields": {"enum": [["Title"], [], None]},
    },
    "ActivateUserRequest": {
        "UserGUID": {"enum": [first(f"directories/{directory}/users")["UserGUID"]], "nullable": False}
    },
}
REQUIRED = {
    "CreateTableRequest": ["Name", "Fields"],
    "UpdateFieldModel": ["Label"],
    "CheckPasswordFieldContext": ["Value"],
    "WebhookPostRequest": ["Name", "OutgoingUrls"],
    "WebhookPutRequest": ["Enabled"],
    "WebhookEventRequest": ["EventType", "ObjectName"],
    "ActivateUserRequest": ["UserGUID"],
}


def prefer(schema, values):
    """Restricts a schema to values that are accepted, or makes them likely in the mode `negative`."""
    original = dict(schema)
    if POSITIVE:
        schema.update(values)
    else:
        schema.clear()
        schema["anyOf"] = [{**original, **values}, original]


def correct(schema):
    """The document has "object" for a value of any type, where it means the values of a record."""
    if isinstance(schema, dict) and schema.get("additionalProperties") == {"type": "object"}:
        schema["additionalProperties"] = True
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []:
        correct(part)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    correct(raw_schema)
    for path, operations in raw_schema["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                name = parameter["name"]
                if parameter["in"] == "path":
                    beginning = max(start for start, known in NAMES if known == name and path.startswith(start))
                    parameter["schema"]["enum"] = [NAMES[beginning, name]]
                elif name in QUERY:
                    prefer(parameter["schema"], QUERY[name])
            body = operation.get("requestBody")
            if body and POSITIVE:
                body["required"] = True
            if operation["operationId"] in BODIES:
                (content,) = body["content"].values()
                prefer(content["schema"], BODIES[operation["operationId"]])
    schemas = raw_schema["components"]["schemas"]
    for name, members in MEMBERS.items():
        for member, values in members.items():
            prefer(schemas[name]["properties"][member], values)
    if POSITIVE:
        for name, members in REQUIRED.items():
            schemas[name]["required"] = sorted({*schemas[name].get("required", []), *members})


# Failures that are none, because the document contradicts itself or the service: the reason, the operations, the
# failures, and when.
EXCEPTIONS = [
    (
        "the document says of `response`: if it is empty, only the status is returned",
        "Create(TableRecord|ViewRecord|User)",
        "MissingContentType|MalformedJson",
        lambda case, response: response.status_code == 201 and not response.content,
    ),
    (
        "a file has a type of its own; the document has JSON and XML for the bytes of a file",
        "DownloadFile.*",
        "UndefinedContentType",
        lambda case, response: response.status_code == 200,
    ),
    (
        "the document says that the conflict is returned if a file exists, and does not list 409",
        "UploadFiles",
        "UndefinedStatusCode",
        lambda case, response: response.status_code == 409,
    ),
    (
        "SQL Server selects only columns that are grouped",
        "List.*(Records|Users)",
        "RejectedPositiveData",
        lambda case, response: "q.groupBy" in case.query and "q.select" not in case.query,
    ),
    (
        "an unknown column in `q.select` is 500: fact `unknown-column-in-select`",
        "List.*(Records|Users)",
        "ServerError|UndefinedStatusCode",
        lambda case, response: response.status_code == 500 and "Invalid column name" in response.text,
    ),
    (
        "a body that is not announced as the document says is 415: fact `content-type`",
        ".*",
        "UndefinedStatusCode",
        lambda case, response: response.status_code == 415 and not POSITIVE,
    ),
    (
        "values that the document allows and the service does not accept are sent only in the mode `negative`",
        ".*",
        "RejectedPositiveData",
        lambda case, response: not POSITIVE,
    ),
]


@schemathesis.hook
def filter_failure(context, failure, case, response):
    operation = case.operation.definition.raw["operationId"]
    return not any(
        re.fullmatch(operations, operation)
        and re.fullmatch(failures, type(failure).__name__)
        and applies(case, response)
        for _, operations, failures, applies in EXCEPTIONS
    )


@schemathesis.auth()
class Token:
    def get(self, case, context):
        return AUTHORIZATION

    def set(self, case, data, context):
        case.headers.update(data)


@schemathesis.hook
def after_load_schema(context, schema):
    send("DELETE", "/_emulator/calls")


@schemathesis.hook
def before_call(context, case, kwargs):
    send("POST", "/_emulator/reset")


@schemathesis.check
class every_operation_succeeds:
    """In the mode `positive`, each operation has a call that succeeds: none is tested in vain."""

    def after_run(self, context):
        counted = {}
        for call in send("GET", "/_emulator/calls")["operations"]:
            counted.setdefault(call["operation"], []).append(call["status"])
        # schemathesis tries a path without an operation as well.
        failed = [name for name, statuses in counted.items() if min(statuses) >= 300 and name != "Unknown"]
        assert not POSITIVE or not failed, f"no call succeeded: {failed}"
