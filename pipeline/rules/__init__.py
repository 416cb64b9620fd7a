"""Closed forms (document numbers, calendar dates) as data: ``patterns.jsonl``."""

from pipeline.rules.matcher import Rule, RuleMatch, match, rules

__all__ = ["Rule", "RuleMatch", "match", "rules"]
