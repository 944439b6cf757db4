def keep(got, skipped):
    return [got, skipped]
