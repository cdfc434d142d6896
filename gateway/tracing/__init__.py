"""Traces by OpenTelemetry, which nothing else knows; where the settings name no receiver, it is not even loaded."""
