"""CSV files and folders of any sensor: any time column or none, one column or many, units as declared."""
