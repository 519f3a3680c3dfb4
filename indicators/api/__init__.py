"""The API of metrics, plans, reports, tasks and registers; and the saving of single cells on the page of a report."""
