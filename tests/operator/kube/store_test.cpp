#include "operator/kube/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/kube/json_text.hpp"
#include "operator/kube/page.hpp"

namespace mlgateway::kube {
namespace {

using nlohmann::json;

json object(const std::string& space, const std::string& name, const std::string& version) {
  return {{"metadata", {{"namespace", space}, {"name", name}, {"resourceVersion", version}}}};
}

TEST(Store, TellsWhatAListChanged) {
  Store store;
  EXPECT_EQ(store.apply(Replaced{{object("m", "a", "1"), object("m", "b", "2"), object("m", "c", "3")}}).size(), 3);
  const auto changes = store.apply(Replaced{{object("m", "a", "1"), object("m", "b", "4")}});
  ASSERT_EQ(changes.size(), 2);
  EXPECT_EQ(changes[0].key.name, "b");
  EXPECT_EQ(version_of(*changes[0].before), "2");
  EXPECT_EQ(version_of(*changes[0].after), "4");
  // No event said that it was deleted.
  EXPECT_EQ(changes[1].key.name, "c");
  EXPECT_EQ(changes[1].after, nullptr);
  EXPECT_EQ(store.size(), 2);
}

TEST(Store, TellsNothingOfTheSameVersion) {
  Store store;
  EXPECT_EQ(store.apply(Put{object("m", "a", "1")}).size(), 1);
  EXPECT_TRUE(store.apply(Put{object("m", "a", "1")}).empty());
  EXPECT_TRUE(store.apply(Removed{object("m", "b", "1")}).empty());
}

TEST(Store, KeepsWhatSomebodyHolds) {
  Store store;
  store.apply(Put{object("m", "a", "1")});
  const Object held = store.get({"m", "a"});
  EXPECT_EQ(store.apply(Removed{object("m", "a", "2")})[0].before, held);
  EXPECT_EQ(store.get({"m", "a"}), nullptr);
  EXPECT_EQ(version_of(*held), "1");
}

TEST(Store, FindsTheObjectsOfANamespace) {
  Store store;
  store.apply(Replaced{{object("m", "b", "1"), object("n", "c", "2"), object("m", "a", "3"), object("l", "d", "4")}});
  EXPECT_EQ(store.all().size(), 4);
  EXPECT_EQ(store.all("m").size(), 2);
  EXPECT_TRUE(store.all("").empty());
}

TEST(Page, GivesItemsTheKindThatListsLeaveOut) {
  const auto page = page_from(
      {{"metadata", {{"resourceVersion", "7"}, {"continue", "x"}}}, {"items", {object("m", "a", "1")}}}, kPods);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->items[0]["kind"], "Pod");
  EXPECT_EQ(page->items[0]["apiVersion"], "v1");
  EXPECT_EQ(page->continue_token, "x");
}

TEST(Page, IsNoneOfSomethingElse) {
  for (const json& answer : {json(5), json::object(), json{{"items", json::array()}},
                             json{{"metadata", {{"resourceVersion", "7"}}}, {"items", 5}},
                             json{{"metadata", {{"resourceVersion", "7"}}}, {"items", {1}}}}) {
    EXPECT_FALSE(page_from(answer, kPods)) << answer;
  }
  EXPECT_TRUE(page_from({{"metadata", {{"resourceVersion", "7"}}}, {"items", nullptr}}, kPods));
}

}  // namespace
}  // namespace mlgateway::kube
