"""One description for each list: from it come the page of the console, its CSV, the API's operation and the command's.

Reads ports and texts; knows neither console nor API nor command line, which lie above and make their own of it.
"""
