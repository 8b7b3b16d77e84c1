//! recommender-playbook
