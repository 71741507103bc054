package api

import "fmt"

// problems returns what ESO's webhook refuses of a target, at a field.
func (t *Target) problems(field string) (found []Problem) {
	owns := t.CreationPolicy == "Owner" || t.CreationPolicy == "Orphan"
	switch {
	case t.DeletionPolicy == "Delete" && t.CreationPolicy == "None":
		found = append(found, Problem{field + ".deletionPolicy", "Delete needs a Secret of its own, and creationPolicy is None", "leave deletionPolicy out"})
	case t.DeletionPolicy == "Delete" && !owns:
		found = append(found, Problem{field + ".deletionPolicy", "Delete needs a Secret of its own, and creationPolicy is " + t.CreationPolicy, "set creationPolicy: Owner, or deletionPolicy: Merge"})
	case t.DeletionPolicy == "Merge" && t.CreationPolicy == "None":
		found = append(found, Problem{field + ".deletionPolicy", "Merge needs a Secret to merge into, and creationPolicy is None", "leave one of the two out"})
	}
	switch m := t.Manifest; {
	case m != nil && m.APIVersion == "v1" && m.Kind == "Secret":
		found = append(found, Problem{field + ".manifest", "a Secret is what a target is without it; with it, ESO makes one that Kubernetes refuses, or one without data", "leave it out"})
	case m != nil:
		found = append(found, Problem{field + ".manifest", fmt.Sprintf("esfn makes Secrets, and puts no values into a %s", m.Kind),
			"leave it out; ESO needs a flag for it that is called unsafe"})
	}
	if t.Template != nil && t.CreationPolicy != "None" { // else nobody will see them
		for _, key := range sortedKeys(t.Template.Data) {
			if !IsSecretKey(key) {
				found = append(found, Problem{fmt.Sprintf("%s.template.data[%s]", field, key), fmt.Sprintf("%q is no key that Kubernetes takes", key), ""})
			}
		}
	}
	return append(found, t.Template.problems(field+".template")...)
}

func (t *Template) problems(field string) (found []Problem) {
	if t == nil {
		return nil
	}
	_, forAccount := t.Metadata.Annotations["kubernetes.io/service-account.name"]
	for i := range t.TemplateFrom {
		from, at := &t.TemplateFrom[i], fmt.Sprintf("%s.templateFrom[%d]", field, i)
		part, ok := from.Part()
		forAccount = forAccount || part == AnnotationsTarget
		if !ok {
			found = append(found, Problem{at + ".target", quoted(from.Target) + " is none of Data, Labels, Annotations: a Secret has nothing else to template", DidYouMean(from.Target, []string{"Data", "Labels", "Annotations"})})
		}
	}
	// These two types make credentials of the cluster itself.
	if t.Type == "bootstrap.kubernetes.io/token" || t.Type == "kubernetes.io/service-account-token" && forAccount {
		found = append(found, Problem{field + ".type", fmt.Sprintf("a Secret of type %q gives access to the cluster, and is refused as ESO refuses it", t.Type), ""})
	}
	return found
}
