// A JSON Patch (RFC 6902) that grows together with the object as it will be.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace mlgateway::webhook {

class PodPatch {
 public:
  explicit PodPatch(nlohmann::json pod) : pod_(std::move(pod)) {}

  // The pod with every change so far.
  const nlohmann::json& pod() const { return pod_; }
  // The operations so far, an empty array when nothing had to change.
  const nlohmann::json& operations() const { return operations_; }

  // Sets what `pointer` names and makes the objects on the way that are not there. No operation where it holds the
  // value already, or more than that: the API server and other webhooks add fields and items to what we put in.
  void set(const nlohmann::json::json_pointer& pointer, const nlohmann::json& value);

  // Puts `item` into the list, in place of the item of the same `name`, else at the front or the end.
  enum class Where { Front, End };
  void put(const nlohmann::json::json_pointer& list, const nlohmann::json& item, Where where);

 private:
  void make_parents(const nlohmann::json::json_pointer& pointer);
  void apply(const char* operation, const nlohmann::json::json_pointer& pointer, const nlohmann::json& value);

  nlohmann::json pod_;
  nlohmann::json operations_ = nlohmann::json::array();
};

// Whether `have` says all that `want` says: members of objects and items of lists of objects may be more.
bool covers(const nlohmann::json& have, const nlohmann::json& want);

}  // namespace mlgateway::webhook
