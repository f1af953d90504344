/// NodeClient
