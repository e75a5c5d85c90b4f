"""Reservations in the lake, below `ops/spending/<YYYY-MM-DD>/`: empty objects whose names say what a request may cost.

They are what runs side by side know of each other's spending. An object is created before its request is sent, and
every listing that begins after that has it, on a disk as on S3.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from pyarrow import fs

from fedbytweets.coverage import Reservation
from fedbytweets.errors import LakeError
from fedbytweets.lake.faults import told
from fedbytweets.lake.location import Location

SPENDING = "ops/spending"
ANSWERED_KEPT = timedelta(days=8)
"""Reservations of stored answers are removed after this: no run that began before the answer is still at work."""
KEPT = timedelta(days=62)
"""All others are removed after this: no limit looks further back than its month."""


class SpendingStore:
    """The reservations of one lake."""

    def __init__(self, location: Location) -> None:
        self._location = location
        self._files = location.files

    def put(self, reservation: Reservation) -> None:
        """Add a reservation.

        Raises:
            LakeError: it could not be stored; a listing may show it all the same.

        """
        with told():
            self._location.create(self._path(reservation), b"")

    def remove(self, reservation: Reservation) -> None:
        """Remove a reservation; one that is not there is no error.

        Raises:
            LakeError: it could not be removed.

        """
        with told():
            if self._files.get_file_info(self._path(reservation)).type == fs.FileType.File:
                self._files.delete_file(self._path(reservation))

    def all(self) -> list[Reservation]:
        """Return every reservation.

        Raises:
            LakeError: the lake cannot be read, or an object there is no reservation.

        """
        return self._below(self._location.path(SPENDING))

    def made_on(self, first: date, last: date) -> list[Reservation]:
        """Return the reservations made on the UTC days from `first` to `last`, both included; errors as for `all`."""
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return [each for day in days for each in self._below(self._location.path(SPENDING, f"{day}"))]

    def clear(self, now: datetime, answered: Collection[str]) -> None:
        """Remove what no longer counts, given the request ids of all stored answers; `now` is aware UTC."""
        for each in self.old(now):
            if each.request_id in answered or each.at < now - KEPT:
                self.remove(each)

    def old(self, now: datetime) -> list[Reservation]:
        """Return the reservations that may have to be cleared: those older than `ANSWERED_KEPT`; errors as above."""
        return [each for each in self.all() if each.at < now - ANSWERED_KEPT]

    def _below(self, folder: str) -> list[Reservation]:
        try:
            with told():
                found = self._files.get_file_info(fs.FileSelector(folder, allow_not_found=True, recursive=True))
        except UnicodeDecodeError as error:
            raise LakeError(
                f"A file below {folder} has a name that is not UTF-8, so what was spent is not known: remove it."
            ) from error
        return [
            _reservation(info)
            for info in found
            if info.type == fs.FileType.File and not info.base_name.startswith(".") and not info.path.endswith("/")
        ]

    def _path(self, reservation: Reservation) -> str:
        return self._location.path(SPENDING, f"{reservation.day}", reservation.name)


def _reservation(info: fs.FileInfo) -> Reservation:
    try:
        return Reservation.from_name(info.base_name)
    except ValueError as error:
        raise LakeError(
            f"{info.path} is no reservation of spending, so what was spent is not known: move it out of the lake."
        ) from error
