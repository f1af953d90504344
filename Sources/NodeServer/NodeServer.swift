/// NodeServer
