// Requests to the API server as values: no function here does anything but build one.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "operator/api/object_key.hpp"
#include "operator/kube/resource.hpp"

namespace mlgateway::kube {

struct Request {
  std::string method;
  std::string target;             // path and query
  std::string content_type = {};  // empty: no body
  std::string body = {};

  bool writes() const { return method != "GET"; }
  // Whether it may wait for the client's own rate limit. A lease that is renewed too late is lost.
  bool urgent = false;
};

// One object. The key's namespace is left out of the path of a kind that has none.
Request get(const Resource& resource, const api::ObjectKey& key);

// What a list or a watch is about.
struct Selection {
  std::string namespace_name = {};  // empty: all of them
  std::string label_selector = {};  // "app=iris,version in (v1,v2)"
  std::string field_selector = {};  // "metadata.name=iris"
};

// One page of a consistent list. `continue_token` is empty for the first page.
Request list(const Resource& resource, const Selection& selection, std::size_t limit, std::string_view continue_token);

// All events after `resource_version`, with bookmarks; the server ends it after `timeout`.
Request watch(const Resource& resource, const Selection& selection, std::string_view resource_version,
              std::chrono::seconds timeout);

// Server-side apply of all that `manager` wants of the object; what it applied before and leaves out now is removed.
// Makes the object when it is not there. `object` has metadata.name (and .namespace); apiVersion and kind are added.
// With metadata.resourceVersion the answer is Conflict when the object has changed since.
enum class Force : bool { No, Yes };  // Yes: takes fields from other managers, as is right for objects of our own
Request apply(const Resource& resource, const nlohmann::json& object, std::string_view manager, Force force);

// The same for the status subresource; `object` has metadata and status and nothing else.
Request apply_status(const Resource& resource, const nlohmann::json& object, std::string_view manager);

// RFC 7386: null deletes, lists are replaced whole. With metadata.resourceVersion in `patch` it is conditional.
Request merge_patch(const Resource& resource, const api::ObjectKey& key, const nlohmann::json& patch,
                    std::string_view manager);

// AlreadyExists when it is there. apiVersion and kind are added.
Request create(const Resource& resource, const nlohmann::json& object, std::string_view manager);

// Replaces the whole object, if it is still of the metadata.resourceVersion that `object` carries (else Conflict).
Request update(const Resource& resource, const nlohmann::json& object, std::string_view manager);

// Deletes the object that was seen and none of the same name: `uid` and `resource_version` are preconditions where they
// are not empty (else Conflict). What it owns is deleted in the background.
Request remove(const Resource& resource, const api::ObjectKey& key, std::string_view uid,
               std::string_view resource_version = {});

}  // namespace mlgateway::kube
