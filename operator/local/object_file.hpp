// What the file of an object is called, in the folders that the operator writes.
#pragma once

#include <string>

#include "operator/local/admission.hpp"

namespace mlgateway::local {

// "mlroute.default.iris.yaml". Unique, since a namespace has no dot in its name; one name of 253 characters, a
// namespace of 63 and the kind together can exceed what a file system takes, so very long ones end in a digest.
std::string object_file(const ObjectId& id, const std::string& suffix);

}  // namespace mlgateway::local
