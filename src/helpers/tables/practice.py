"""How practice is judged: case audits, what families say, and passages coded by theme."""

from helpers.tables.definition import Column, codes, table

GRADES = codes(
    outstanding="outstanding", good="good", requires_improvement="requires improvement", inadequate="inadequate"
)  # worst last

CASE_AUDITS = table(
    "case_audits", "Case audits", "one audit of one child's case",
    "the local log of case audits",
    "audi_audit_id",
    Column("audi_audit_id", "the audit", required=True, local=True),
    Column("audi_person_id", "the child", identifier=True, local=True, refers_to="persons"),
    Column("audi_date", "day of the audit", "date", required=True, before_birth=True, local=True),
    Column("audi_service", "service", local=True),
    Column("audi_team", "team", local=True),
    Column("audi_locality", "locality of that team", local=True),
    Column("audi_grade", "grade the auditor gave", "code", allowed=GRADES, required=True, local=True),
    Column("audi_domain_grades", "grades by domain, as domain: grade separated by ;", local=True),
    Column("audi_moderated_grade", "grade after moderation", "code", allowed=GRADES, local=True),
    Column("audi_sample", "how the case was chosen", "code", local=True,
           allowed=codes(random="at random", thematic="for a theme")),
    Column("audi_tool_version", "version of the audit tool", local=True),
)  # fmt: skip

FAMILY_FEEDBACK = table(
    "family_feedback", "Feedback of families", "one answer to one question in one response",
    "the local log of family feedback",
    "feed_response_id",
    Column("feed_response_id", "row identifier, made when the extract is read", required=True, local=True),
    Column("feed_response_date", "day of the response", "date", required=True, local=True),
    Column("feed_service", "service", local=True),
    Column("feed_team", "team", local=True),
    Column("feed_locality", "locality of that team", local=True),
    Column("feed_respondent", "who answered", "code", allowed=codes(child="child", parent="parent", carer="carer"), local=True),
    Column("feed_question", "the question", local=True),
    Column("feed_answer", "the answer, in the scale's own words", local=True),
    Column("feed_scale", "the scale", local=True),
    Column("feed_invited", "people invited in the batch", "whole number", unit="people", local=True),
)  # fmt: skip

CODED_THEMES = table(
    "coded_themes", "Passages coded by theme", "one coded passage",
    "the local log of coded themes",
    "them_row_id",
    Column("them_row_id", "row identifier, made when the extract is read", required=True, local=True),
    Column("them_passage_id", "the passage; in several rows where it bears on several themes", local=True),
    Column("them_source", "whose words", "code", required=True, local=True,
           allowed=codes(family="family", child="child", staff="staff", partner="partner")),
    Column("them_method", "how they were gathered", "code", local=True,
           allowed=codes(interview="interview", survey="survey", complaint="complaint", compliment="compliment")),
    Column("them_theme", "theme", required=True, local=True),
    Column("them_stance", "what it says of the theme's claim", "code", required=True, local=True,
           allowed=codes(supports="supports", mixed="mixed", contradicts="contradicts")),
    Column("them_question", "evaluation question it bears on", local=True),
)  # fmt: skip
