"""Hours of an agency: worked on projects, billed per month, some never billable, a few still running."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Contact
from pipelines.sandbox.clock import moment
from pipelines.sandbox.model import Project, TimeEntry

WORK = (
    "Ontwerp startpagina", "Koppeling voorraadsysteem", "Overleg met klant", "Codereview", "Foutopsporing betaalpagina",
    "Migratie gegevens", "Testronde", "Gebruikersonderzoek", "Uitrol nieuwe versie", "Documentatie",
)  # fmt: skip
INTERNAL = ("Weekstart", "Administratie", "Opleiding", "Offerte schrijven")
RATES = (8_500, 9_500, 10_500, 11_500)  # cents an hour, per project


@dataclass(frozen=True)
class Assignment:
    """A project for one client at one hourly price."""

    project: Project
    contact: Contact
    price: int


class Timesheet:
    """Writes time entries of one agency."""

    def __init__(self, administration: Administration, rng: Random, today: date) -> None:
        self.administration = administration
        self.rng = rng
        self.today = today
        users = administration.users.values()
        self._staff = [user for user in users if user.kind in ("employee", "owner", "deleted_end_user")]

    def projects(self, contacts: list[Contact], count: int, since: date) -> list[Assignment]:
        """Projects over the clients; a fifth are archived."""
        assignments = []
        for number in range(count):
            contact = contacts[number % len(contacts)]
            subject = ("Website", "Webshop", "App", "Klantportaal", "Huisstijl")[number % 5]
            project = Project(
                id=self.administration.new_id(moment(since, 10)),
                name=f"{subject} {contact.card.name}",
                state="archived" if number % 5 == 4 else "active",
                budget=(40, 80, 120, None)[number % 4],
            )
            self.administration.projects[project.id] = project
            assignments.append(Assignment(project, contact, RATES[number % len(RATES)]))
        return assignments

    def month(
        self, start: date, assignments: list[Assignment], internal: int
    ) -> dict[int, list[tuple[Assignment, TimeEntry]]]:
        """A month of work; returns the billable entries per contact id, in order of time."""
        billable: dict[int, list[tuple[Assignment, TimeEntry]]] = {}
        for assignment in assignments:
            for _ in range(self.rng.randint(3, 5)):
                entry = self._entry(start, assignment, self.rng.random() < 0.93)
                if entry is not None and entry.billable:
                    billable.setdefault(assignment.contact.id, []).append((assignment, entry))
        for _ in range(internal):
            self._entry(start, None, False)
        return billable

    def _entry(self, start: date, assignment: Assignment | None, billable: bool) -> TimeEntry | None:
        rng = self.rng
        day = start + timedelta(days=rng.randint(0, 27))
        while day.weekday() > 4:
            day -= timedelta(days=1)
        if not start <= day < self.today:
            return None
        begun = moment(day, rng.randint(8, 14), 15 * rng.randint(0, 3))
        minutes = 15 * rng.randint(16, 34)
        pause = 900 if minutes > 240 else 0
        return self.write(assignment, begun, begun + minutes * 60_000 + pause * 1000, billable, pause)

    def write(
        self, assignment: Assignment | None, begun: int, ended: int | None, billable: bool, pause: int = 0
    ) -> TimeEntry:
        """One entry; `ended` None is a timer that still runs."""
        entry = TimeEntry(
            id=self.administration.new_id(begun),
            user_id=self.rng.choice(self._staff).id,
            contact_id=assignment.contact.id if assignment else None,
            project_id=assignment.project.id if assignment else None,
            invoice_id=None,
            started=begun,
            ended=ended,
            description=self.rng.choice(WORK if assignment else INTERNAL),
            paused=pause,
            billable=billable,
            created=begun + 1000,
            updated=(ended or begun) + 2000,
        )
        return self.administration.put_time_entry(entry)


def worked_minutes(entry: TimeEntry) -> int:
    """Minutes worked without pauses; a running timer has none yet."""
    if entry.ended is None:
        return 0
    return ((entry.ended - entry.started) // 1000 - entry.paused) // 60
