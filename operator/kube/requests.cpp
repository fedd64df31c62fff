#include "operator/kube/requests.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "operator/kube/json_text.hpp"

namespace mlgateway::kube {
namespace {

using nlohmann::json;

// RFC 3986, unreserved characters alone stay as they are: a name can never become another path.
std::string encoded(std::string_view text) {
  if (text == "." || text == "..") return text.size() == 1 ? "%2E" : "%2E%2E";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                       byte == '-' || byte == '.' || byte == '_' || byte == '~';
    if (plain) {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

std::string collection(const Resource& resource, std::string_view namespace_name) {
  std::string path = resource.group.empty() ? "/api/" : "/apis/" + std::string(resource.group) + "/";
  path += resource.version;
  if (resource.namespaced && !namespace_name.empty()) path += "/namespaces/" + encoded(namespace_name);
  return path + "/" + std::string(resource.plural);
}

std::string object_path(const Resource& resource, const api::ObjectKey& key) {
  return collection(resource, key.namespace_name) + "/" + encoded(key.name);
}

// Appends "name=value" to a target; nothing when the value is empty.
void add_query(std::string& target, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  target += target.find('?') == std::string::npos ? '?' : '&';
  target.append(name).append("=").append(encoded(value));
}

std::string selected(const Resource& resource, const Selection& selection) {
  std::string target = collection(resource, selection.namespace_name);
  add_query(target, "labelSelector", selection.label_selector);
  add_query(target, "fieldSelector", selection.field_selector);
  return target;
}

// What is not UTF-8 becomes U+FFFD: the server would refuse the whole object for it.
std::string text_of(const json& object) { return object.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string typed_text(const Resource& resource, json object) {
  object["apiVersion"] = api_version(resource);
  object["kind"] = resource.kind;
  return text_of(object);
}

constexpr const char* kJson = "application/json";
constexpr const char* kApplyPatch = "application/apply-patch+yaml";  // JSON is YAML
constexpr const char* kMergePatch = "application/merge-patch+json";

}  // namespace

std::string api_version(const Resource& resource) {
  if (resource.group.empty()) return std::string(resource.version);
  return std::string(resource.group) + "/" + std::string(resource.version);
}

Request get(const Resource& resource, const api::ObjectKey& key) { return {"GET", object_path(resource, key)}; }

Request list(const Resource& resource, const Selection& selection, std::size_t limit, std::string_view continue_token) {
  std::string target = selected(resource, selection);
  add_query(target, "limit", std::to_string(limit));
  add_query(target, "continue", continue_token);
  return {"GET", std::move(target)};
}

Request watch(const Resource& resource, const Selection& selection, std::string_view resource_version,
              std::chrono::seconds timeout) {
  std::string target = selected(resource, selection);
  add_query(target, "watch", "1");
  add_query(target, "resourceVersion", resource_version);
  add_query(target, "allowWatchBookmarks", "true");
  add_query(target, "timeoutSeconds", std::to_string(timeout.count()));
  return {"GET", std::move(target)};
}

Request apply(const Resource& resource, const json& object, std::string_view manager, Force force) {
  std::string target = object_path(resource, key_of(object));
  add_query(target, "fieldManager", manager);
  add_query(target, "force", force == Force::Yes ? "true" : "false");
  return {"PATCH", std::move(target), kApplyPatch, typed_text(resource, object)};
}

Request apply_status(const Resource& resource, const json& object, std::string_view manager) {
  std::string target = object_path(resource, key_of(object)) + "/status";
  add_query(target, "fieldManager", manager);
  add_query(target, "force", "true");
  return {"PATCH", std::move(target), kApplyPatch, typed_text(resource, object)};
}

Request merge_patch(const Resource& resource, const api::ObjectKey& key, const json& patch, std::string_view manager) {
  std::string target = object_path(resource, key);
  add_query(target, "fieldManager", manager);
  return {"PATCH", std::move(target), kMergePatch, text_of(patch)};
}

Request create(const Resource& resource, const json& object, std::string_view manager) {
  std::string target = collection(resource, key_of(object).namespace_name);
  add_query(target, "fieldManager", manager);
  return {"POST", std::move(target), kJson, typed_text(resource, object)};
}

Request update(const Resource& resource, const json& object, std::string_view manager) {
  std::string target = object_path(resource, key_of(object));
  add_query(target, "fieldManager", manager);
  return {"PUT", std::move(target), kJson, typed_text(resource, object)};
}

Request remove(const Resource& resource, const api::ObjectKey& key, std::string_view uid,
               std::string_view resource_version) {
  json options = {{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", "Background"}};
  if (!uid.empty()) options["preconditions"]["uid"] = uid;
  if (!resource_version.empty()) options["preconditions"]["resourceVersion"] = resource_version;
  return {"DELETE", object_path(resource, key), kJson, text_of(options)};
}

}  // namespace mlgateway::kube
