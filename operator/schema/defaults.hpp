// Fills in what the schema says for absent fields, as an API server does on every write.
#pragma once

#include "operator/schema/schema.hpp"

namespace mlgateway::schema {

// A default applies where its parent exists and the field is absent or an explicit null; nested defaults then apply to
// what was filled in. Values of the wrong type are left alone: `check` names them.
void apply_defaults(const Schema& schema, Json& value);

}  // namespace mlgateway::schema
