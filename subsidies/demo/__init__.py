"""The demo county's register of elders, programmes and payments: invented people with nobody's numbers."""
