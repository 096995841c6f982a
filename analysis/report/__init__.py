"""From notebooks to a report: run them, gather what they show, write it in four formats."""
