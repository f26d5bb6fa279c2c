"""One file per question a manager asks. A view draws; queries answer, components show."""
