"""Report: a run's figures as a value, and that value for people and machines. Pure."""

from fedbytweets.report.budget import BudgetLine, budget_lines
from fedbytweets.report.figures import ProblemFigures, RunReport, StepFigures, SubjectFigures, TableFigures
from fedbytweets.report.machine import report_dict, run_row
from fedbytweets.report.markdown import escaped, markdown, table_cells
from fedbytweets.report.sections import Section, sections

__all__ = [
    "BudgetLine",
    "ProblemFigures",
    "RunReport",
    "Section",
    "StepFigures",
    "SubjectFigures",
    "TableFigures",
    "budget_lines",
    "escaped",
    "markdown",
    "report_dict",
    "run_row",
    "sections",
    "table_cells",
]
