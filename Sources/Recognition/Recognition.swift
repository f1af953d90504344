/// Recognition
