// What the operator knows of each object of the folder: merges each new reading into what it knew before. No I/O.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "operator/local/admission.hpp"
#include "operator/local/record.hpp"
#include "sidecar/base/clock.hpp"

namespace mlgateway::local {

using Records = std::map<ObjectId, Record>;
using Readings = std::vector<std::shared_ptr<const Reading>>;

// Something that must be told and belongs to no object's status alone.
struct Complaint {
  std::string object;  // "mlroute default/iris"; empty: it is not known which
  std::string words;
  bool operator==(const Complaint&) const = default;
};

// `records` with what `readings` say now, and everything that is wrong in `complaints`.
//
// - The first document of an object counts (files in order of their names), a second one is refused with both places.
// - A new spec is a new generation, good or not. A broken one leaves the last good version in force.
// - An object that is gone is removed, unless a document that cannot be read stands in the file where it was last
//   seen and may be it: then it stays as it was.
Records remember(const Records& records, const Readings& readings, WallTime now, std::vector<Complaint>& complaints);

}  // namespace mlgateway::local
