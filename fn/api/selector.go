package api

import (
	"fmt"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// LabelSelector chooses objects by their labels. An empty one chooses all.
type LabelSelector struct {
	MatchLabels      map[string]string  `krm:"matchLabels"`
	MatchExpressions []LabelRequirement `krm:"matchExpressions"`
}

// LabelRequirement is one condition on one label.
type LabelRequirement struct {
	Key      string   `krm:"key,required"`
	Operator string   `krm:"operator,required,enum=In|NotIn|Exists|DoesNotExist"`
	Values   []string `krm:"values"`
}

// operators spells the operators as Kubernetes' package does.
var operators = map[string]selection.Operator{
	"In": selection.In, "NotIn": selection.NotIn, "Exists": selection.Exists, "DoesNotExist": selection.DoesNotExist,
}

// Matches tells whether the selector, which has no problems, chooses an object
// with these labels. All conditions have to hold.
func (s *LabelSelector) Matches(of map[string]string) bool {
	for _, r := range s.requirements() {
		one, err := r.compiled()
		if err != nil || !one.Matches(labels.Set(of)) {
			return false
		}
	}
	return true
}

func (s *LabelSelector) requirements() []LabelRequirement {
	all := s.MatchExpressions[:len(s.MatchExpressions):len(s.MatchExpressions)]
	for key, value := range s.MatchLabels {
		all = append(all, LabelRequirement{Key: key, Operator: "In", Values: []string{value}})
	}
	return all
}

func (r *LabelRequirement) compiled() (*labels.Requirement, error) {
	return labels.NewRequirement(r.Key, operators[r.Operator], r.Values)
}

// problems returns what Kubernetes would refuse of a selector at a field.
func (s *LabelSelector) problems(field string) (found []Problem) {
	if s == nil {
		return nil
	}
	for _, key := range sortedKeys(s.MatchLabels) {
		r := LabelRequirement{Key: key, Operator: "In", Values: []string{s.MatchLabels[key]}}
		if _, err := r.compiled(); err != nil {
			found = append(found, Problem{fmt.Sprintf("%s.matchLabels[%s]", field, key), "is no label that Kubernetes takes", ""})
		}
	}
	for i, r := range s.MatchExpressions {
		if _, err := r.compiled(); err != nil {
			found = append(found, Problem{fmt.Sprintf("%s.matchExpressions[%d]", field, i), "is no condition that Kubernetes takes",
				"In and NotIn need values, Exists and DoesNotExist none, and each value is to be one of a label"})
		}
	}
	return found
}
