/// TransparencyLog
