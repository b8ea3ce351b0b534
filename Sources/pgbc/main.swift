print("pgbc")
