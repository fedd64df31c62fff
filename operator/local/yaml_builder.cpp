#include "operator/local/yaml_builder.hpp"

#include <string_view>
#include <utility>

#include "operator/local/yaml_scalar.hpp"
#include "operator/schema/fault.hpp"

namespace mlgateway::local {
namespace {

using Json = nlohmann::json;

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

std::size_t nodes_of(const Json& value) {
  std::size_t nodes = 1;
  if (!value.is_structured()) return nodes;
  for (const Json& entry : value) nodes += nodes_of(entry);
  return nodes;
}

Json scalar(const YAML::Mark& mark, const std::string& tag, const std::string& text) {
  constexpr std::string_view kStringTag = "tag:yaml.org,2002:str";
  if (tag == "!" || tag == kStringTag) return text;
  if (!tag.empty() && tag != "?") throw YamlRefusal{line_of(mark), "tags such as " + tag + " are not supported"};
  auto value = resolve_plain_scalar(text);
  if (!value) throw YamlRefusal{line_of(mark), "'" + text + "' has no value in JSON; quote it to make it a string"};
  return *std::move(value);
}

}  // namespace

void YamlBuilder::OnDocumentStart(const YAML::Mark& mark) { document_.line = line_of(mark); }

void YamlBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  count(mark, 1);
  if (anchor != 0) anchors_[anchor] = {nullptr, 1};
  if (expects_key()) return take_key(mark, nullptr);
  place(nullptr, line_of(mark));
}

void YamlBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) throw YamlRefusal{line_of(mark), "an alias inside of what it stands for"};
  count(mark, found->second.nodes);
  if (expects_key()) return take_key(mark, found->second.value);
  place(found->second.value, line_of(mark));
}

void YamlBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  count(mark, 1);
  Json json = scalar(mark, tag, value);
  if (anchor != 0) anchors_[anchor] = {json, 1};
  if (expects_key()) return take_key(mark, json);
  place(std::move(json), line_of(mark));
}

void YamlBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value) {
  open(mark, Json::array(), tag, anchor);
}

void YamlBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  open(mark, Json::object(), tag, anchor);
}

std::string YamlBuilder::next_path() const {
  if (open_.empty()) return "";
  const Frame& frame = open_.back();
  if (frame.value.is_object()) return schema::child(frame.path, frame.key);
  return schema::item(frame.path, frame.value.size());
}

void YamlBuilder::count(const YAML::Mark& mark, std::size_t nodes) {
  nodes_ += nodes;
  if (nodes_ > kMostNodes) {
    throw YamlRefusal{line_of(mark), "a document may have at most " + std::to_string(kMostNodes) + " values"};
  }
}

// Kubernetes turns keys into strings: `on: 1` is {"true": 1}.
void YamlBuilder::take_key(const YAML::Mark& mark, const Json& key) {
  if (key.is_null() || key.is_structured()) throw YamlRefusal{line_of(mark), "a key must be a string"};
  Frame& frame = open_.back();
  frame.key = key.is_string() ? key.get<std::string>() : key.dump();
  if (frame.key == "<<") throw YamlRefusal{line_of(mark), "merge keys (<<) are not supported"};
  if (frame.value.contains(frame.key)) {
    throw YamlRefusal{line_of(mark), schema::child(frame.path, frame.key) + " is given twice"};
  }
  frame.has_key = true;
  document_.lines.emplace(next_path(), line_of(mark));
}

void YamlBuilder::open(const YAML::Mark& mark, Json empty, const std::string& tag, YAML::anchor_t anchor) {
  count(mark, 1);
  if (!tag.empty() && tag != "?" && tag != "!") {
    throw YamlRefusal{line_of(mark), "tags such as " + tag + " are not supported"};
  }
  if (expects_key()) throw YamlRefusal{line_of(mark), "a key must be a string"};
  if (open_.size() >= kMostDepth) {
    throw YamlRefusal{line_of(mark), "values may be nested at most " + std::to_string(kMostDepth) + " deep"};
  }
  if (open_.empty()) document_.line = line_of(mark);
  Frame frame;
  frame.path = next_path();
  frame.value = std::move(empty);
  frame.anchor = anchor;
  frame.line = line_of(mark);
  open_.push_back(std::move(frame));
}

void YamlBuilder::close() {
  Frame frame = std::move(open_.back());
  open_.pop_back();
  if (frame.anchor != 0) anchors_[frame.anchor] = {frame.value, nodes_of(frame.value)};
  place(std::move(frame.value), frame.line);
}

void YamlBuilder::place(Json value, int line) {
  if (open_.empty()) {
    document_.value = std::move(value);
    return;
  }
  document_.lines.emplace(next_path(), line);
  Frame& frame = open_.back();
  if (frame.value.is_array()) return frame.value.push_back(std::move(value));
  frame.value[frame.key] = std::move(value);
  frame.has_key = false;
}

}  // namespace mlgateway::local
