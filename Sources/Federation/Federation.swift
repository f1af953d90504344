/// Federation
