"""What leaves the house: texts for CSMs, made from the published file alone. Knows neither Dagster nor dbt."""
