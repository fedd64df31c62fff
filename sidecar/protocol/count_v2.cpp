// Open Inference Protocol V2: every input's shape is held against its data.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "sidecar/protocol/counters.hpp"
#include "sidecar/protocol/raw_tensor.hpp"

namespace mlgateway::protocol {
namespace {

namespace dom = simdjson::dom;

// What of an input is looked at. `parameters` only where they say that the data is elsewhere.
struct Input {
  std::string_view name;
  std::string_view datatype;
  std::optional<dom::array> shape;
  std::optional<dom::array> data;
  std::optional<dom::element> raw_size;
  bool in_shared_memory = false;
};

class TensorCounter {
 public:
  TensorCounter(JsonWalk& walk, std::string_view tensors, Counts& counts)
      : walk_(walk), tensors_(tensors), counts_(counts) {}

  bool count(const dom::element& root) {
    dom::object body;
    if (root.get(body)) return walk_.fail({}, "must be a JSON object with a member inputs");
    const JsonPlace here;
    if (!walk_.distinct(body, here)) return false;
    bool has_inputs = false;
    for (const auto& [key, value] : body) {
      if (key != "inputs") {
        if (!walk_.visit(value, here / key)) return false;
        continue;
      }
      has_inputs = true;
      if (!count_inputs(value, here / key)) return false;
    }
    if (!has_inputs) return walk_.fail({}, "has no member inputs");
    if (tensors_.empty()) return true;
    return walk_.fail({}, "has " + std::to_string(tensors_.size()) + " bytes more than its tensors need");
  }

 private:
  bool count_inputs(const dom::element& value, const JsonPlace& place) {
    dom::array inputs;
    if (value.get(inputs)) return walk_.fail(place, "must be an array");
    std::size_t index = 0;
    for (const dom::element input : inputs) {
      if (!count_input(input, place[index++])) return false;
    }
    return true;
  }

  bool count_input(const dom::element& value, const JsonPlace& place) {
    dom::object members;
    if (value.get(members)) return walk_.fail(place, "must be an object");
    if (!walk_.distinct(members, place)) return false;
    Input input;
    for (const auto& [key, member] : members) {
      if (!take_member(input, key, member, place / key)) return false;
    }
    if (input.name.empty()) return walk_.fail(place, "needs a name");
    if (!input.shape) return fail(input, place, "needs a shape");
    if (input.datatype.empty()) return fail(input, place, "needs a datatype");
    std::uint64_t elements = 1;
    return read_shape(input, place, elements) && check_data(input, place, elements) && add(input, place, elements);
  }

  bool take_member(Input& input, std::string_view key, const dom::element& value, const JsonPlace& place) {
    if (key == "name") return !value.get(input.name) || walk_.fail(place, "must be a text");
    if (key == "datatype") return !value.get(input.datatype) || walk_.fail(place, "must be a text");
    if (key == "shape") return take_array(input.shape, value, place);
    if (key == "data") return take_array(input.data, value, place);
    if (!walk_.visit(value, place)) return false;
    dom::object parameters;
    if (key != "parameters" || value.get(parameters)) return true;
    if (dom::element size; !parameters["binary_data_size"].get(size)) input.raw_size = size;
    input.in_shared_memory = parameters["shared_memory_region"].error() == simdjson::SUCCESS;
    return true;
  }

  bool take_array(std::optional<dom::array>& taken, const dom::element& value, const JsonPlace& place) {
    dom::array array;
    if (value.get(array)) return walk_.fail(place, "must be an array");
    taken = array;
    return true;
  }

  bool read_shape(const Input& input, const JsonPlace& place, std::uint64_t& elements) {
    shape_.clear();
    for (const dom::element value : *input.shape) {
      std::uint64_t dimension = 0;
      if (value.get(dimension)) return fail(input, place, "must have whole numbers from 0 as its shape");
      shape_.push_back(dimension);
    }
    if (std::find(shape_.begin(), shape_.end(), 0u) != shape_.end()) {
      elements = 0;  // however large the other dimensions
      return true;
    }
    for (const std::uint64_t dimension : shape_) {
      if (__builtin_mul_overflow(elements, dimension, &elements)) return fail(input, place, "has too large a shape");
    }
    return true;
  }

  bool check_data(const Input& input, const JsonPlace& place, std::uint64_t elements) {
    const int places = (input.data ? 1 : 0) + (input.raw_size ? 1 : 0) + (input.in_shared_memory ? 1 : 0);
    if (places == 0) return fail(input, place, "needs data");
    if (places > 1) return fail(input, place, "has its data in more than one place");
    if (input.data) return check_json(input, place / "data", elements);
    return input.in_shared_memory || take_raw(input, place, elements);
  }

  // The next tensor behind the JSON part.
  bool take_raw(const Input& input, const JsonPlace& place, std::uint64_t elements) {
    std::uint64_t size = 0;
    if (input.raw_size->get(size)) return fail(input, place, "must have a whole number as its binary_data_size");
    if (size > tensors_.size()) return fail(input, place, "has a binary_data_size beyond the end of the body");
    const std::string_view bytes = tensors_.substr(0, size);
    tensors_.remove_prefix(size);
    const auto each = size_of_datatype(input.datatype);
    if (!each) return fail(input, place, "has a datatype of unknown size");
    const bool texts = *each == 0;
    std::uint64_t wanted = 0;
    const bool overflows = __builtin_mul_overflow(elements, texts ? 4 : *each, &wanted);
    if (!texts) return (!overflows && wanted == size) || fail(input, place, "has a binary_data_size unlike its shape");
    if (overflows || wanted > size || !holds_texts(bytes, elements)) {
      return fail(input, place, "has BYTES unlike its shape");
    }
    return true;
  }

  bool check_json(const Input& input, const JsonPlace& place, std::uint64_t elements) {
    const auto first = input.data->begin();
    const bool nested = shape_.size() > 1 && first != input.data->end() && (*first).is_array();
    if (nested) return check_nested(input, *input.data, 0, place);
    std::uint64_t found = 0;
    for (const dom::element value : *input.data) {
      if (!is_leaf(value)) return fail(input, place, "must hold values only, nested exactly as its shape or flat");
      ++found;
    }
    if (found == elements) return true;
    return fail(input, place, "has " + std::to_string(found) + " elements, its shape says " + std::to_string(elements));
  }

  bool check_nested(const Input& input, const dom::array& array, std::size_t depth, const JsonPlace& place) {
    const bool innermost = depth + 1 == shape_.size();
    std::size_t index = 0;
    for (const dom::element value : array) {
      dom::array inner;
      if (innermost ? !is_leaf(value) : value.get(inner) != simdjson::SUCCESS) {
        return fail(input, place[index], "must hold values only, nested exactly as its shape or flat");
      }
      if (!innermost && !check_nested(input, inner, depth + 1, place[index])) return false;
      ++index;
    }
    if (index == shape_[depth]) return true;
    return fail(input, place,
                "has " + std::to_string(index) + " elements, its shape says " + std::to_string(shape_[depth]));
  }

  bool add(const Input& input, const JsonPlace& place, std::uint64_t elements) {
    const std::uint64_t rows = elements == 0 ? 0 : shape_.empty() ? 1 : shape_.front();
    counts_.rows = std::max(counts_.rows, rows);
    if (!__builtin_add_overflow(counts_.elements, elements, &counts_.elements)) return true;
    return fail(input, place, "has too large a shape");
  }

  bool fail(const Input& input, const JsonPlace& place, std::string_view words) {
    return walk_.fail(place, "(" + shown(input.name) + ") " + std::string(words));
  }

  JsonWalk& walk_;
  std::string_view tensors_;  // what is left of them
  Counts& counts_;
  std::vector<std::uint64_t> shape_;
};

}  // namespace

bool count_open_inference_v2(JsonWalk& walk, const dom::element& root, std::string_view tensors, Counts& counts) {
  return TensorCounter(walk, tensors, counts).count(root);
}

}  // namespace mlgateway::protocol
