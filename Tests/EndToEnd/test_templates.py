"""Templates with typed variables; what is missing or wrong is named, all of it at once."""

import uuid

import grpc
import pytest
from cairn.v1 import context_pb2, template_pb2
from google.protobuf import json_format, struct_pb2

from harness.project import new_project
from harness.refusals import refused

INVALID, NOT_FOUND, EXISTS = (
    grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS)
STRING, NUMBER, INTEGER, BOOLEAN, ENUM, LIST = (
    getattr(template_pb2.TemplateVariable, f"TYPE_{name}")
    for name in ("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ENUM", "LIST"))


class Templates:
    """The templates of one project."""

    def __init__(self, contexts):
        self.contexts = contexts

    def __getattr__(self, method):
        return getattr(self.contexts, method)

    def create(self, id="", content="", variables=(), context_title="made", request_id="", **fields):
        return self.CreateTemplate(
            definition=template_pb2.Template(
                id=id, title=fields.pop("title", "a template"), context_title=context_title, content=content,
                variables=[variable(each) for each in variables], **fields), request_id=request_id)

    def render(self, id, **values):
        return self.RenderTemplate(id=id, values=wrapped(values))


def variable(fields):
    fields = dict(fields)
    if "default_value" in fields:
        fields["default_value"] = wrapped({"x": fields["default_value"]})["x"]
    return template_pb2.TemplateVariable(**fields)


def wrapped(values):
    struct = struct_pb2.Struct()
    struct.update(values)
    return dict(struct.fields)


@pytest.fixture
def templates(channel):
    return Templates(new_project(channel))


ALL_KINDS = [
    {"name": "who", "type": STRING, "required": True, "minimum": 2, "maximum": 10, "pattern": "[A-Z]\\w*"},
    {"name": "price", "type": NUMBER, "default_value": 1.5, "minimum": 0},
    {"name": "count", "type": INTEGER, "required": True, "minimum": 1, "maximum": 9},
    {"name": "urgent", "type": BOOLEAN, "default_value": False},
    {"name": "size", "type": ENUM, "options": ["S", "M", "L"], "required": True},
    {"name": "parts", "type": LIST, "options": ["a", "b", "c"], "minimum": 1},
]
TEXT = "{{who}} wants {{ count }} of {{size}} at {{price}} ({{urgent}}): {{parts}}. \\{{braces}} {single} {{who}}"


def test_x9_values_of_every_type_are_put_in(templates):
    templates.create(id="t", content=TEXT, variables=ALL_KINDS, context_title="For {{who}}")
    answer = templates.render("t", who="Ann", count=3, size="M", parts=["a", "c"])
    assert answer.content == "Ann wants 3 of M at 1.5 (false): a, c. {{braces}} {single} Ann"
    assert (answer.title, answer.template_version) == ("For Ann", 1)
    answer = templates.render("t", who="Bob", count=9, size="L", parts=["b"], price=2, urgent=True)
    assert answer.content.startswith("Bob wants 9 of L at 2 (true): b.")


def test_x9_missing_and_wrong_values_are_all_named_at_once(templates):
    templates.create(id="t", content=TEXT, variables=ALL_KINDS)
    failed = refused(templates.render, "t", code=INVALID, reason="FIELD_INVALID")
    assert sorted(failed.fields) == ["values.count", "values.size", "values.who"]
    assert all(text.startswith("is missing") for text in failed.fields.values())
    failed = refused(
        templates.render, "t", who="ann", count=2.5, size="XL", parts=["a", "z", 1], price="1", urgent="yes",
        colour="red", code=INVALID)
    assert sorted(failed.fields) == [
        "values.colour", "values.count", "values.parts[1]", "values.parts[2]", "values.price", "values.size",
        "values.urgent", "values.who"]
    for values in [{"who": "A"}, {"who": "Abcdefghijk"}, {"count": 0}, {"count": 10}, {"parts": []}, {"price": -1},
                   {"who": None}]:
        right = {"who": "Ann", "count": 1, "size": "S", "parts": ["a"]}
        assert list(refused(templates.render, "t", **{**right, **values}).fields) == [f"values.{[*values][0]}"]


def test_x9_values_are_never_read_as_templates(templates):
    templates.create(id="t", content="<{{x}}>", variables=[{"name": "x", "type": STRING}])
    assert templates.render("t", x="{{x}} {{> t}} \\{{").content == "<{{x}} {{> t}} \\{{>"
    assert templates.render("t").content == "<>"


def test_x9_templates_that_are_not_stored_can_be_tried(templates):
    source = template_pb2.Template(context_title="T", content="{{x}}", variables=[variable({"name": "x", "type": STRING})])
    answer = templates.RenderTemplate(definition=source, values=wrapped({"x": "y"}))
    assert (answer.content, answer.template_version) == ("y", 0)
    refused(templates.RenderTemplate, code=INVALID)


@pytest.mark.parametrize("fields, wrong", [
    ({"content": "{{x}}"}, "definition.content"),
    ({"content": "a\n{{x"}, "definition.content"),
    ({"content": "{{a b}}"}, "definition.content"),
    ({"content": "x" * 262_145}, "definition.content"),
    ({"context_title": ""}, "definition.context_title"),
    ({"context_title": "{{> other}}"}, "definition.context_title"),
    ({"title": " "}, "definition.title"),
    ({"variables": [{"name": "1x", "type": STRING}]}, "definition.variables[0].name"),
    ({"variables": [{"name": "x", "type": STRING}] * 2}, "definition.variables[1].name"),
    ({"variables": [{"name": "x"}]}, "definition.variables[0].type"),
    ({"variables": [{"name": "x", "type": STRING, "pattern": "(a|b)"}]}, "definition.variables[0].pattern"),
    ({"variables": [{"name": "x", "type": NUMBER, "pattern": "a"}]}, "definition.variables[0].pattern"),
    ({"variables": [{"name": "x", "type": NUMBER, "minimum": 2, "maximum": 1}]}, "definition.variables[0].maximum"),
    ({"variables": [{"name": "x", "type": ENUM}]}, "definition.variables[0].options"),
    ({"variables": [{"name": "x", "type": INTEGER, "default_value": 1.5}]}, "definition.variables[0].default_value"),
    ({"variables": [{"name": f"x{n}", "type": STRING} for n in range(65)]}, "definition.variables"),
    ({"tags": ["a", "a"]}, "definition.tags[1]"),
])
def test_x9_wrong_templates_are_refused(templates, fields, wrong):
    assert list(refused(templates.create, code=INVALID, **fields).fields) == [wrong]


def test_x9_templates_stand_in_each_other_but_not_in_themselves(templates):
    refused(templates.create, id="a", content="{{> b}}", code=NOT_FOUND, reason="TEMPLATE_NOT_FOUND")
    templates.create(id="c", content="Dear {{who}}", variables=[{"name": "who", "type": STRING, "required": True}])
    templates.create(id="b", content="{{> c}}!")
    templates.create(id="a", content="{{>b}} {{> c }}")
    assert templates.render("a", who="Ann").content == "Dear Ann! Dear Ann"
    assert list(refused(templates.render, "a", code=INVALID).fields) == ["values.who"]
    for id, content, loop in [("c", "{{> a}}", "c a b c"), ("c", "{{> c}}", "c c"), ("b", "{{> b}}", "b b")]:
        failed = refused(
            templates.UpdateTemplate, definition=template_pb2.Template(id=id, content=content), code=INVALID,
            reason="TEMPLATE_LOOP")
        assert failed.metadata["loop"] == loop
    templates.DeleteTemplate(id="c")
    refused(templates.render, "a", who="Ann", code=NOT_FOUND, reason="TEMPLATE_DELETED")
    refused(templates.create, id="itself", content="{{> itself}}", code=INVALID, reason="TEMPLATE_LOOP")


def test_x9_what_doubles_with_each_level_stays_bounded(templates):
    templates.create(id="t0", content="{{x}}", variables=[{"name": "x", "type": STRING}])
    for level in range(1, 41):
        templates.create(id=f"t{level}", content=f"{{{{> t{level - 1}}}}}" * 8)
    assert templates.render("t40").content == ""
    failed = refused(templates.render, "t40", x="lol", code=INVALID)
    assert "1048576 bytes" in failed.message
    templates.create(id="long", content="{{x}}" * 200, variables=[{"name": "x", "type": STRING}],
                     context_title="{{x}}")
    refused(templates.render, "long", x="y" * 6_000, code=INVALID)
    assert list(refused(templates.render, "long", x=" ", code=INVALID).fields) == ["values"]


def test_x9_contexts_are_made_from_templates(templates):
    contexts = templates.contexts
    templates.create(
        id="t", content="For {{who}}", context_title="To {{who}}", variables=[{"name": "who", "type": STRING}],
        type=context_pb2.CONTEXT_TYPE_PLAN, media_type="text/markdown", tags=["letter"])
    request = {"template_id": "t", "values": wrapped({"who": "Ann"}), "request_id": uuid.uuid4().hex,
               "context": context_pb2.Context(id="c", owner="ben", tags=["letter", "mine"])}
    asked = templates.CreateContextFromTemplate(**{**request, "request_id": "", "validate_only": True})
    assert asked.title == "To Ann" and contexts.ids() == []
    made = templates.CreateContextFromTemplate(**request)
    assert (made.title, made.content, made.owner, list(made.tags)) == ("To Ann", "For Ann", "ben", ["letter", "mine"])
    assert (made.type, made.media_type) == (context_pb2.CONTEXT_TYPE_PLAN, "text/markdown")
    assert json_format.MessageToDict(made.metadata) == {"template": {"id": "t", "version": 1.0}}
    assert templates.CreateContextFromTemplate(**request) == made == contexts.GetContext(id="c")
    refused(templates.CreateContextFromTemplate, **{**request, "request_id": ""}, code=EXISTS,
            reason="CONTEXT_EXISTS")
    failed = refused(
        templates.CreateContextFromTemplate, template_id="t", context=context_pb2.Context(title="x", content="y"),
        code=INVALID)
    assert sorted(failed.fields) == ["context.content", "context.title"]
    refused(templates.CreateContextFromTemplate, template_id="none", code=NOT_FOUND, reason="TEMPLATE_NOT_FOUND")


def test_x9_templates_have_versions_etags_and_request_ids(templates):
    created = templates.create(id="t", content="one", request_id="r")
    assert created.version == 1 and created.position > 0 and created.create_time == created.update_time
    assert templates.create(id="t", content="one", request_id="r") == created == templates.GetTemplate(id="t")
    refused(templates.create, id="t", code=EXISTS, reason="TEMPLATE_EXISTS")

    update = {"definition": template_pb2.Template(id="t", content="two", etag=created.etag), "request_id": "u"}
    asked = templates.UpdateTemplate(definition=update["definition"], validate_only=True)
    assert (asked.content, asked.version) == ("two", 1)
    updated = templates.UpdateTemplate(**update)
    assert (updated.content, updated.title, updated.version) == ("two", "a template", 2)
    assert updated.create_time == created.create_time
    assert templates.UpdateTemplate(**update) == updated == templates.GetTemplate(id="t")
    refused(templates.UpdateTemplate, definition=update["definition"], code=grpc.StatusCode.ABORTED,
            reason="ETAG_MISMATCH")
    refused(templates.UpdateTemplate, definition=template_pb2.Template(id="t"), update_mask={"paths": ["nope"]},
            code=INVALID, reason="FIELD_MASK_INVALID")
    refused(templates.UpdateTemplate, definition=template_pb2.Template(id="none", content="x"), code=NOT_FOUND,
            reason="TEMPLATE_NOT_FOUND")

    refused(templates.DeleteTemplate, id="t", etag=created.etag, code=grpc.StatusCode.ABORTED, reason="ETAG_MISMATCH")
    deleted = templates.DeleteTemplate(id="t", request_id="d")
    assert deleted.version == 3 and deleted.HasField("delete_time")
    assert templates.DeleteTemplate(id="t", request_id="d") == deleted
    refused(templates.GetTemplate, id="t", code=NOT_FOUND, reason="TEMPLATE_DELETED")
    refused(templates.DeleteTemplate, id="t", code=NOT_FOUND, reason="TEMPLATE_DELETED")
    assert templates.GetTemplate(id="t", show_deleted=True) == deleted
    again = templates.create(id="t", content="new")
    assert again.version == 4 and not again.HasField("delete_time") and again.create_time.ToNanoseconds() > created.create_time.ToNanoseconds()


def test_x9_templates_are_listed_by_id(templates, channel):
    for number in range(7):
        templates.create(id=f"t{number}", content="x" * 200_000 if number < 4 else "")
    templates.DeleteTemplate(id="t3")
    seen, token = [], ""
    while True:
        page = templates.ListTemplates(page_size=2, page_token=token)
        seen.append([template.id for template in page.templates])
        token = page.next_page_token
        if not token:
            break
    assert seen == [["t0", "t1"], ["t2", "t4"], ["t5", "t6"]]
    assert len(templates.ListTemplates(show_deleted=True).templates) == 7
    assert list(Templates(new_project(channel)).ListTemplates().templates) == []
    first = templates.ListTemplates(page_size=2).next_page_token
    refused(templates.ListTemplates, page_token=first, show_deleted=True, code=INVALID, reason="PAGE_TOKEN_INVALID")
