#include "operator/kube/store.hpp"

#include <utility>
#include <variant>

#include "operator/kube/json_text.hpp"

namespace mlgateway::kube {

Object Store::get(const api::ObjectKey& key) const {
  const std::scoped_lock lock(mutex_);
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : found->second;
}

std::vector<Object> Store::all() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Object> objects;
  objects.reserve(objects_.size());
  for (const auto& [key, object] : objects_) objects.push_back(object);
  return objects;
}

std::vector<Object> Store::all(const std::string& namespace_name) const {
  const std::scoped_lock lock(mutex_);
  std::vector<Object> objects;
  for (auto at = objects_.lower_bound({namespace_name, ""}); at != objects_.end(); ++at) {
    if (at->first.namespace_name != namespace_name) break;
    objects.push_back(at->second);
  }
  return objects;
}

std::size_t Store::size() const {
  const std::scoped_lock lock(mutex_);
  return objects_.size();
}

std::vector<Change> Store::apply(Delta delta) {
  const std::scoped_lock lock(mutex_);
  if (auto* const replaced = std::get_if<Replaced>(&delta)) return replace(std::move(replaced->objects));
  if (auto* const put_one = std::get_if<Put>(&delta)) return put(std::move(put_one->object));
  return remove(std::move(std::get<Removed>(delta).object));
}

// What the new list leaves out is gone, though no event said so.
std::vector<Change> Store::replace(std::vector<nlohmann::json> objects) {
  std::map<api::ObjectKey, Object> before = std::exchange(objects_, {});
  std::vector<Change> changes;
  for (nlohmann::json& object : objects) {
    const auto known = before.extract(key_of(object));
    if (known && version_of(*known.mapped()) == version_of(object)) {
      objects_.emplace(known.key(), known.mapped());
      continue;
    }
    Change change{key_of(object), known ? known.mapped() : nullptr,
                  std::make_shared<const nlohmann::json>(std::move(object))};
    objects_.insert_or_assign(change.key, change.after);
    changes.push_back(std::move(change));
  }
  for (auto& [key, object] : before) changes.push_back({key, std::move(object), nullptr});
  return changes;
}

std::vector<Change> Store::put(nlohmann::json object) {
  Object& place = objects_[key_of(object)];
  if (place && version_of(*place) == version_of(object)) return {};
  Change change{key_of(object), place, std::make_shared<const nlohmann::json>(std::move(object))};
  place = change.after;
  return {std::move(change)};
}

std::vector<Change> Store::remove(nlohmann::json object) {
  const auto known = objects_.extract(key_of(object));
  if (!known) return {};
  return {Change{known.key(), known.mapped(), nullptr}};
}

}  // namespace mlgateway::kube
