"""The REST API: routes, handlers, schemas, quotas."""
