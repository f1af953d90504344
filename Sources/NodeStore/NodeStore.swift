/// NodeStore
